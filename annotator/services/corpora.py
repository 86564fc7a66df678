"""Which articles and layers a corpus takes, and why the others are left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.curation import ALL as ALL
from annotator.domain.curation import GOLD as GOLD
from annotator.domain.curation import MAJORITY, RESERVED, majority
from annotator.domain.errors import Invalid, NotFound
from annotator.domain.permissions import Actor
from annotator.services.corpus_rows import read_articles
from annotator.services.events import corpus_sequence
from annotator.services.projects import open_project
from annotator.services.scheme import asked_names, load_scheme
from annotator.storage.tables import Annotation, Article, Layer, Project, User


@dataclass(frozen=True, slots=True)
class _Row:
    """A layer as far as choosing is concerned."""

    id: int
    article_id: int
    kind: str
    owner: str
    state: str
    asked: int | None
    counted: bool
    """Whether it takes a place in the quota; a manager's own layer takes none."""


@dataclass(slots=True)
class _Choice:
    """The layers taken of each article, and what was left out."""

    layers: dict[int, list[_Row]] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)


def read_corpus(session: Session, actor: Actor, *, slug: str, layer: str | None) -> corpus.Corpus:
    """The corpus of a project by a layer rule, to be read while ``session`` stays open.

    ``layer`` is gold, majority, a user's name, or None for the default (gold where an article has
    it; else, with one annotator an article, that annotator's). Raises ``Invalid`` where the rule
    finds nothing, with a sentence that says which layer has what.
    """
    project = open_project(session, actor, slug, "export:make")
    rows = _layer_rows(session, project)
    choice = _choose(session, project, rows, layer)
    if not choice.layers:
        raise Invalid(_nothing(project, rows, layer), code="nothing-to-export")
    asked = asked_names(session, project.id)
    common = frozenset.intersection(
        *(
            asked.get(row.asked or 0, frozenset())
            for taken in choice.layers.values()
            for row in taken
        )
    )
    scheme = load_scheme(session, project.id, project.scheme_version)
    taken = [label for label in scheme.labels if label.name in common]
    counts = _label_counts(session, project, choice)
    external = _external_ids(session, project)

    def articles() -> Iterator[corpus.Article]:
        for _, article in read_articles(session, scheme, asked, _ids(choice)):
            yield _settled(article, common, by_majority=layer == MAJORITY)

    return corpus.Corpus(
        project=project.slug,
        language=project.language,
        labels=tuple(
            corpus.CorpusLabel(label.name, label.code, label.layer, label.definition)
            for label in taken
        ),
        questions=tuple(q.name for q in scheme.questions if q.name in common),
        articles=articles,
        layer=layer or "default",
        sequence=corpus_sequence(session, project.id),
        left_out=dict(choice.left_out),
        labels_left_out={
            label.name: counts[label.id]
            for label in scheme.labels
            if label.name not in common and counts.get(label.id)
        },
        rules={external[article_id]: rule for article_id, rule in choice.rules.items()},
        annotators_per_article=project.annotators_per_article,
    )


def read_whole_project(session: Session, actor: Actor, *, slug: str) -> corpus.Corpus:
    """Every layer of every article in every state: what ``jsonl`` exports unless told otherwise."""
    project = open_project(session, actor, slug, "export:make")
    scheme = load_scheme(session, project.id, project.scheme_version)
    asked = asked_names(session, project.id)
    every: dict[int, list[int]] = {
        id_: []
        for id_ in session.scalars(
            select(Article.id)
            .where(Article.project_id == project.id, Article.withdrawn_at.is_(None))
            .order_by(Article.id)
        )
    }
    if not every:
        raise Invalid(
            f"Project {slug} has no article, so there is nothing to export. Import some first.",
            code="nothing-to-export",
        )
    for row in _layer_rows(session, project):
        if row.article_id in every:
            every[row.article_id].append(row.id)

    def articles() -> Iterator[corpus.Article]:
        for _, article in read_articles(session, scheme, asked, every):
            yield article

    return corpus.Corpus(
        project=project.slug,
        language=project.language,
        labels=tuple(
            corpus.CorpusLabel(label.name, label.code, label.layer, label.definition)
            for label in scheme.labels
        ),
        questions=tuple(question.name for question in scheme.questions),
        articles=articles,
        layer=ALL,
        sequence=corpus_sequence(session, project.id),
        annotators_per_article=project.annotators_per_article,
    )


def finished_annotators(session: Session, actor: Actor, *, slug: str) -> list[str]:
    """Names of those who finished an article of the project, sorted."""
    project = open_project(session, actor, slug, "export:make")
    rows = _layer_rows(session, project)
    return sorted({r.owner for r in rows if r.kind == "annotator" and r.state == "done"})


def _layer_rows(session: Session, project: Project) -> list[_Row]:
    query = (
        select(
            Layer.id,
            Layer.article_id,
            Layer.kind,
            func.coalesce(User.name, Layer.source),
            Layer.state,
            Layer.asked_version,
            Layer.slot.is_not(None),
        )
        .outerjoin(User, User.id == Layer.user_id)
        .where(Layer.project_id == project.id, Layer.kind != "suggestion")
    )
    found = [_Row(*row) for row in session.execute(query)]
    return sorted(found, key=lambda row: (row.article_id, row.kind != "gold", row.owner))


def _choose(session: Session, project: Project, rows: list[_Row], layer: str | None) -> _Choice:
    named = layer is not None and layer not in RESERVED
    if named and not session.scalar(select(User.id).where(User.name == layer)):
        raise NotFound(f"There is no account “{layer}”, and no layer of that name.")
    by_article: dict[int, list[_Row]] = {}
    for row in rows:
        by_article.setdefault(row.article_id, []).append(row)
    choice = _Choice()
    for article_id, withdrawn in session.execute(
        select(Article.id, Article.withdrawn_at.is_not(None))
        .where(Article.project_id == project.id)
        .order_by(Article.id)
    ):
        if withdrawn:
            choice.left_out["withdrawn"] += 1
            continue
        _choose_one(project, article_id, by_article.get(article_id, []), layer, choice)
    return choice


def _choose_one(
    project: Project, article_id: int, rows: list[_Row], layer: str | None, choice: _Choice
) -> None:
    gold = [row for row in rows if row.kind == "gold" and row.state == "done"]
    done = [row for row in rows if row.kind == "annotator" and row.state == "done"]
    if layer is None:
        first = sorted(done, key=lambda row: not row.counted)[:1]
        single = first if project.annotators_per_article == 1 else []
        taken = gold or single
        rule = "gold" if gold else f"only annotator: {single[0].owner}" if single else ""
    elif layer == GOLD:
        taken, rule = gold, "gold"
    elif layer == MAJORITY:
        taken, rule = done, f"majority of {len(done)}"
    else:
        taken, rule = [row for row in done if row.owner == layer], layer
    if taken:
        choice.layers[article_id] = taken
        choice.rules[article_id] = rule
        return
    own = [row for row in rows if layer in (None, GOLD, MAJORITY) or row.owner == layer]
    skipped = bool(own) and all(row.state == "skipped" for row in own)
    if skipped:
        choice.left_out["skipped"] += 1
    elif done and layer in (None, GOLD):
        choice.left_out["finished but without gold"] += 1
    else:
        choice.left_out["open"] += 1


def _ids(choice: _Choice) -> dict[int, list[int]]:
    return {id_: [row.id for row in rows] for id_, rows in choice.layers.items()}


def _settled(
    article: corpus.Article, common: frozenset[str], *, by_majority: bool
) -> corpus.Article:
    if by_majority:
        layers: dict[str, list[corpus.Annotation]] = {name: [] for name in article.done}
        for annotation in article.annotations:
            layers[annotation.layer].append(annotation)
        settled = tuple(majority(layers))
        article = replace(article, annotations=settled, relations=(), answers=())
    annotations = tuple(a for a in article.annotations if a.label in common)
    kept = {a.id for a in annotations}
    return replace(
        article,
        annotations=annotations,
        relations=tuple(r for r in article.relations if {r.source, r.target} <= kept),
        answers=tuple(
            a if a.annotation in kept else replace(a, annotation=None)
            for a in article.answers
            if a.question in common
        ),
    )


def _label_counts(session: Session, project: Project, choice: _Choice) -> Counter[int]:
    wanted = {row.id for rows in choice.layers.values() for row in rows}
    counts: Counter[int] = Counter()
    for layer_id, label_id, count in session.execute(
        select(Annotation.layer_id, Annotation.label_id, func.count())
        .where(Annotation.project_id == project.id, Annotation.deleted_at.is_(None))
        .group_by(Annotation.layer_id, Annotation.label_id)
    ):
        if layer_id in wanted:
            counts[label_id] += count
    return counts


def _external_ids(session: Session, project: Project) -> dict[int, str]:
    rows = session.execute(
        select(Article.id, Article.external_id).where(Article.project_id == project.id)
    )
    return dict(rows.all())


def _nothing(project: Project, rows: list[_Row], layer: str | None) -> str:
    finished = Counter(
        GOLD if row.kind == "gold" else row.owner for row in rows if row.state == "done"
    )
    have = ", ".join(f"{name} {count}" for name, count in sorted(finished.items()))
    wanted = f"in layer “{layer}”" if layer else "with gold"
    told = f"Finished articles by layer: {have}." if have else "No article is finished yet."
    return (
        f"Project {project.slug} has no article {wanted}, so there is nothing to export. {told} "
        "Choose one with --layer (a name, majority or all). Nothing was written."
    )
