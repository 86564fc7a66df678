"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_REFUSE_SQLITE = """
CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
"""
_REFUSE_POSTGRESQL = """
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$
"""
_TRIGGERS_POSTGRESQL = """
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
CREATE TRIGGER events_not_truncated BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
"""


def _make_events_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_REFUSE_SQLITE.format(verb=verb))
    else:
        op.execute(_REFUSE_POSTGRESQL)
        op.execute(_TRIGGERS_POSTGRESQL)


def upgrade() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("annotators_per_article", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "annotators_per_article >= 1", name=op.f("ck_projects_annotators_per_article")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("slug", name=op.f("uq_projects_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_name_at", ["name", "at"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("role in ('admin', 'member')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_batches_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_batches_project_id_id")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_batches_project_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_jobs_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["users.id"], name=op.f("fk_jobs_requested_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_jobs_state_heartbeat_at", ["state", "heartbeat_at"], unique=False)

    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("layer", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=1), nullable=True),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("style", sa.String(length=8), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("yes", sa.String(), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.CheckConstraint("layer in ('flat', 'claim')", name=op.f("ck_labels_layer")),
        sa.CheckConstraint("state in ('on', 'off', 'retired')", name=op.f("ck_labels_state")),
        sa.CheckConstraint("style in ('solid', 'dashed', 'double')", name=op.f("ck_labels_style")),
        sa.CheckConstraint("colour between 0 and 7", name=op.f("ck_labels_colour")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_labels_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_labels_project_id_code")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_labels_project_id_id")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_labels_project_id_name")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_labels_project_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.create_index(
            "uq_labels_project_id_key",
            ["project_id", "key"],
            unique=True,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )

    op.create_table(
        "memberships",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "role in ('annotator', 'reviewer', 'manager')", name=op.f("ck_memberships_role")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_memberships_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_memberships_user_id_users")
        ),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_user_id"), ["user_id"], unique=False)

    op.create_table(
        "relation_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_relation_types_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation_types")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_relation_types_project_id_id")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_relation_types_project_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "start_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_start_links_user_id_users")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_start_links")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bom_removed", sa.Boolean(), nullable=False),
        sa.Column("line_ends_replaced", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("meta", sa.JSON(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("length > 0", name=op.f("ck_articles_length")),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["users.id"], name=op.f("fk_articles_imported_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "batch_id"],
            ["batches.project_id", "batches.id"],
            name=op.f("fk_articles_project_id_batch_id_batches"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "previous_id"],
            ["articles.project_id", "articles.id"],
            name=op.f("fk_articles_project_id_previous_id_articles"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_articles_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint(
            "project_id",
            "external_id",
            "version",
            name=op.f("uq_articles_project_id_external_id_version"),
        ),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_articles_project_id_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(
            "ix_articles_project_id_sha256", ["project_id", "sha256"], unique=False
        )

    op.create_table(
        "asked_labels",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "label_id"],
            ["labels.project_id", "labels.id"],
            name=op.f("fk_asked_labels_project_id_label_id_labels"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_asked_labels_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("project_id", "version", "label_id", name=op.f("pk_asked_labels")),
    )
    op.create_table(
        "attributes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("guess", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(target = 'label') = (label_id IS NOT NULL)", name=op.f("ck_attributes_target_label")
        ),
        sa.CheckConstraint("kind in ('choice', 'number', 'text')", name=op.f("ck_attributes_kind")),
        sa.CheckConstraint(
            "target in ('label', 'question', 'document')", name=op.f("ck_attributes_target")
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "label_id"],
            ["labels.project_id", "labels.id"],
            name=op.f("fk_attributes_project_id_label_id_labels"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_attributes_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributes")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_attributes_project_id_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attributes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attributes_label_id"), ["label_id"], unique=False)
        batch_op.create_index(
            "uq_attributes_label_id_name",
            ["label_id", "name"],
            unique=True,
            sqlite_where=sa.text("label_id IS NOT NULL"),
            postgresql_where=sa.text("label_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_attributes_project_id_name",
            ["project_id", "name"],
            unique=True,
            sqlite_where=sa.text("label_id IS NULL"),
            postgresql_where=sa.text("label_id IS NULL"),
        )

    op.create_table(
        "asked_questions",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "attribute_id"],
            ["attributes.project_id", "attributes.id"],
            name=op.f("fk_asked_questions_project_id_attribute_id_attributes"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_asked_questions_project_id_projects")
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "version", "attribute_id", name=op.f("pk_asked_questions")
        ),
    )
    op.create_table(
        "attribute_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cues", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["attributes.id"],
            name=op.f("fk_attribute_options_attribute_id_attributes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_options")),
        sa.UniqueConstraint(
            "attribute_id", "id", name=op.f("uq_attribute_options_attribute_id_id")
        ),
        sa.UniqueConstraint(
            "attribute_id", "name", name=op.f("uq_attribute_options_attribute_id_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "blocks",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=True),
        sa.Column("tokenizer", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "kind in ('title', 'heading', 'body', 'caption', 'table', 'references', 'furniture')",
            name=op.f("ck_blocks_kind"),
        ),
        sa.CheckConstraint(
            "start_offset >= 0 AND start_offset < end_offset", name=op.f("ck_blocks_range")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_blocks_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_blocks")),
    )
    op.create_table(
        "layers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=True),
        sa.Column("skip_reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'annotator') = (user_id IS NOT NULL)", name=op.f("ck_layers_owner")
        ),
        sa.CheckConstraint(
            "(state = 'skipped') = (skip_reason IS NOT NULL)", name=op.f("ck_layers_skip_reason")
        ),
        sa.CheckConstraint(
            "kind in ('annotator', 'gold', 'suggestion')", name=op.f("ck_layers_kind")
        ),
        sa.CheckConstraint(
            "state in ('open', 'done', 'skipped', 'sent_back')", name=op.f("ck_layers_state")
        ),
        sa.CheckConstraint("slot IS NULL OR slot >= 1", name=op.f("ck_layers_slot")),
        sa.ForeignKeyConstraint(
            ["project_id", "article_id"],
            ["articles.project_id", "articles.id"],
            name=op.f("fk_layers_project_id_article_id_articles"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_layers_project_id_projects")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_layers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layers")),
        sa.UniqueConstraint("article_id", "id", name=op.f("uq_layers_article_id_id")),
        sa.UniqueConstraint("article_id", "slot", name=op.f("uq_layers_article_id_slot")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_layers_project_id_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("layers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_layers_project_id_user_id_state", ["project_id", "user_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_layers_article_id_kind_source",
            ["article_id", "kind", "source"],
            unique=True,
            sqlite_where=sa.text("kind <> 'annotator'"),
            postgresql_where=sa.text("kind <> 'annotator'"),
        )
        batch_op.create_index(
            "uq_layers_article_id_user_id",
            ["article_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'annotator'"),
            postgresql_where=sa.text("kind = 'annotator'"),
        )

    op.create_table(
        "annotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("first_block", sa.Integer(), nullable=False),
        sa.Column("last_block", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("first_block <= last_block", name=op.f("ck_annotations_blocks")),
        sa.CheckConstraint("rev >= 1", name=op.f("ck_annotations_rev")),
        sa.CheckConstraint(
            "start_offset >= 0 AND start_offset < end_offset", name=op.f("ck_annotations_range")
        ),
        sa.ForeignKeyConstraint(
            ["article_id", "layer_id"],
            ["layers.article_id", "layers.id"],
            name=op.f("fk_annotations_article_id_layer_id_layers"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "label_id"],
            ["labels.project_id", "labels.id"],
            name=op.f("fk_annotations_project_id_label_id_labels"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "layer_id"],
            ["layers.project_id", "layers.id"],
            name=op.f("fk_annotations_project_id_layer_id_layers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
        sa.UniqueConstraint("layer_id", "id", name=op.f("uq_annotations_layer_id_id")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_annotations_project_id_id")),
        sa.UniqueConstraint("project_id", "uuid", name=op.f("uq_annotations_project_id_uuid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("annotations", schema=None) as batch_op:
        batch_op.create_index("ix_annotations_label_id", ["label_id"], unique=False)
        batch_op.create_index(
            "ix_annotations_layer_id_first_block", ["layer_id", "first_block"], unique=False
        )
        batch_op.create_index(
            "ix_annotations_layer_id_last_block_crossing",
            ["layer_id", "last_block"],
            unique=False,
            sqlite_where=sa.text("last_block > first_block"),
            postgresql_where=sa.text("last_block > first_block"),
        )
        batch_op.create_index(
            "uq_annotations_layer_id_range_label_id",
            ["layer_id", "start_offset", "end_offset", "label_id"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("layer_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("via in ('web', 'api', 'cli', 'job')", name=op.f("ck_events_via")),
        sa.CheckConstraint("(project_id IS NULL) = (seq IS NULL)", name=op.f("ck_events_numbered")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["project_id", "article_id"],
            ["articles.project_id", "articles.id"],
            name=op.f("fk_events_project_id_article_id_articles"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "layer_id"],
            ["layers.project_id", "layers.id"],
            name=op.f("fk_events_project_id_layer_id_layers"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_events_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("project_id", "seq", name=op.f("uq_events_project_id_seq")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_events_project_id_article_id_seq", ["project_id", "article_id", "seq"], unique=False
        )

    op.create_table(
        "operations",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("first_block", sa.Integer(), nullable=True),
        sa.Column("last_block", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layer_id"], ["layers.id"], name=op.f("fk_operations_layer_id_layers")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_operations_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_operations")),
    )
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.create_index("ix_operations_layer_id_seq", ["layer_id", "seq"], unique=False)

    op.create_table(
        "annotation_values",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("not_stated", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(option_id IS NOT NULL AND number IS NULL AND text IS NULL AND NOT not_stated) OR (option_id IS NULL AND number IS NOT NULL AND text IS NULL AND NOT not_stated) OR (option_id IS NULL AND number IS NULL AND text IS NOT NULL AND NOT not_stated) OR (option_id IS NULL AND number IS NULL AND text IS NULL AND not_stated)",
            name=op.f("ck_annotation_values_one_value"),
        ),
        sa.ForeignKeyConstraint(
            ["attribute_id", "option_id"],
            ["attribute_options.attribute_id", "attribute_options.id"],
            name=op.f("fk_annotation_values_attribute_id_option_id_attribute_options"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "annotation_id"],
            ["annotations.project_id", "annotations.id"],
            name=op.f("fk_annotation_values_project_id_annotation_id_annotations"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "attribute_id"],
            ["attributes.project_id", "attributes.id"],
            name=op.f("fk_annotation_values_project_id_attribute_id_attributes"),
        ),
        sa.PrimaryKeyConstraint("annotation_id", "attribute_id", name=op.f("pk_annotation_values")),
    )
    op.create_table(
        "answers",
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attribute_id", "option_id"],
            ["attribute_options.attribute_id", "attribute_options.id"],
            name=op.f("fk_answers_attribute_id_option_id_attribute_options"),
        ),
        sa.ForeignKeyConstraint(
            ["layer_id", "annotation_id"],
            ["annotations.layer_id", "annotations.id"],
            name=op.f("fk_answers_layer_id_annotation_id_annotations"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "attribute_id"],
            ["attributes.project_id", "attributes.id"],
            name=op.f("fk_answers_project_id_attribute_id_attributes"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "layer_id"],
            ["layers.project_id", "layers.id"],
            name=op.f("fk_answers_project_id_layer_id_layers"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_answers_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("layer_id", "attribute_id", name=op.f("pk_answers")),
    )
    op.create_table(
        "relations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "layer_id"],
            ["layers.project_id", "layers.id"],
            name=op.f("fk_relations_project_id_layer_id_layers"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "source_id"],
            ["annotations.project_id", "annotations.id"],
            name=op.f("fk_relations_project_id_source_id_annotations"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "target_id"],
            ["annotations.project_id", "annotations.id"],
            name=op.f("fk_relations_project_id_target_id_annotations"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "type_id"],
            ["relation_types.project_id", "relation_types.id"],
            name=op.f("fk_relations_project_id_type_id_relation_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
        sa.UniqueConstraint(
            "layer_id",
            "type_id",
            "source_id",
            "target_id",
            name=op.f("uq_relations_layer_id_type_id_source_id_target_id"),
        ),
        sqlite_autoincrement=True,
    )
    _make_events_append_only()


def downgrade() -> None:
    raise NotImplementedError("There is nothing before the first schema; restore a backup instead.")
