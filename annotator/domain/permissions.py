"""Who may do what: one table of permissions, one row of roles each.

A project's roles are annotator, reviewer and manager; an account is a member or an admin; the
command line acts as the local operator. Every route names a permission of this table.
"""

from dataclasses import dataclass, field
from typing import Literal

from annotator.domain.errors import Forbidden, NotFound

Role = Literal["annotator", "reviewer", "manager"]
ROLES: tuple[Role, ...] = ("annotator", "reviewer", "manager")

ANNOTATOR: frozenset[str] = frozenset(ROLES)
REVIEWER: frozenset[str] = frozenset({"reviewer", "manager"})
MANAGER: frozenset[str] = frozenset({"manager"})

PROJECT_PERMISSIONS: dict[str, frozenset[str]] = {
    "project:see": ANNOTATOR,
    "article:read": ANNOTATOR,
    "article:annotate": ANNOTATOR,
    "article:import": MANAGER,
    "layer:see-others": REVIEWER,
    "scheme:see": ANNOTATOR,
    "scheme:edit": MANAGER,
    "members:see": REVIEWER,
    "members:edit": MANAGER,
    "project:edit": MANAGER,
    "export:make": REVIEWER,
    "history:see": REVIEWER,
}
ADMIN_OVERSEES: frozenset[str] = frozenset(
    {"project:see", "scheme:see", "members:see", "members:edit", "project:edit"}
)
"""What an admin may do in a project without being a member: run the machine, not the study."""

ACCOUNT_PERMISSIONS: dict[str, frozenset[str]] = {
    "anyone": frozenset({"anonymous", "member", "admin", "local"}),
    "signed-in": frozenset({"member", "admin", "local"}),
    "project:create": frozenset({"admin", "local"}),
    "accounts:edit": frozenset({"admin", "local"}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and by which door. ``user_id`` is None for the local operator."""

    user_id: int | None
    name: str
    role: Literal["member", "admin", "local", "anonymous"]
    via: Literal["web", "api", "cli", "job"]
    memberships: dict[int, Role] = field(default_factory=dict, hash=False)
    """Project id to role, for the projects of this person."""

    def role_in(self, project_id: int) -> Role | None:
        """This person's role in a project, None where they are not a member."""
        return self.memberships.get(project_id)


LOCAL = Actor(None, "local", "local", "cli")


def may(actor: Actor, permission: str, project_id: int | None = None) -> bool:
    """Whether ``actor`` holds ``permission``, in that project where it is a project's."""
    if permission in ACCOUNT_PERMISSIONS:
        return actor.role in ACCOUNT_PERMISSIONS[permission]
    if actor.role == "local":
        return permission in PROJECT_PERMISSIONS
    if project_id is None:
        return False
    role = actor.role_in(project_id)
    if role is not None and role in PROJECT_PERMISSIONS[permission]:
        return True
    return actor.role == "admin" and permission in ADMIN_OVERSEES


def require(actor: Actor, permission: str, project_id: int | None = None) -> None:
    """Raises ``NotFound`` where the project is not visible, else ``Forbidden``, unless allowed."""
    if may(actor, permission, project_id):
        return
    if project_id is not None and not may(actor, "project:see", project_id):
        raise NotFound("There is no such project, or it is not open to you.")
    raise Forbidden(
        "Your role does not allow this. Nothing was changed; ask a manager of the project."
    )


def sees_others(actor: Actor, project_id: int, *, blind: bool) -> bool:
    """Whether other annotators' work may be shown: to reviewers, and to all where not blind."""
    return not blind or may(actor, "layer:see-others", project_id)
