"""Relations and card answers of an imported layer."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.errors import Invalid
from annotator.services.scheme import ProjectScheme
from annotator.storage.tables import Answer, Layer, Project, Relation


def store_relations(
    session: Session,
    project: Project,
    layer: Layer,
    scheme: ProjectScheme,
    relations: Sequence[corpus.Relation],
    ids: Mapping[str, int],
) -> None:
    """Store relations between the layer's annotations; ``ids`` maps their uuids to row ids."""
    for relation in dict.fromkeys(relations):
        type_id = scheme.relation_types.get(relation.type)
        ends = ids.get(relation.source), ids.get(relation.target)
        if type_id is None or None in ends:
            what = f"no relation “{relation.type}”" if type_id is None else "no such mark"
            raise Invalid(f"A relation cannot be kept: {what}. The record was not taken.")
        row = {
            "project_id": project.id,
            "layer_id": layer.id,
            "type_id": type_id,
            "source_id": ends[0],
            "target_id": ends[1],
        }
        session.execute(insert(Relation), [row])


def store_answers(
    session: Session,
    project: Project,
    layer: Layer,
    scheme: ProjectScheme,
    answers: Sequence[corpus.Answer],
    ids: Mapping[str, int],
) -> None:
    """Store the answers of the article card, each pointing at an annotation or at none."""
    questions = {q.name: q for q in (*scheme.questions, *scheme.documents)}
    for answer in answers:
        question = questions.get(answer.question)
        if question is None:
            raise Invalid(
                f"The project asks no question “{answer.question}”. The record was not taken."
            )
        row = {
            "layer_id": layer.id,
            "attribute_id": question.id,
            "project_id": project.id,
            "option_id": question.option(answer.answer).id,
            "annotation_id": ids.get(answer.annotation or ""),
        }
        session.execute(insert(Answer), [row])
