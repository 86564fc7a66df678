"""All tables, by noun."""

from annotator.storage.tables.accounts import (
    ApiToken,
    SignInFailure,
    SignInSession,
    StartLink,
    User,
)
from annotator.storage.tables.annotations import Annotation, Answer, Relation, Value
from annotator.storage.tables.articles import Article, Block
from annotator.storage.tables.base import Base, now
from annotator.storage.tables.jobs import Job
from annotator.storage.tables.layers import Layer
from annotator.storage.tables.projects import Batch, Membership, Project
from annotator.storage.tables.scheme import (
    AskedLabel,
    AskedQuestion,
    Attribute,
    AttributeOption,
    Label,
    RelationType,
)
from annotator.storage.tables.trail import Event, Operation

__all__ = [
    "Annotation",
    "Answer",
    "ApiToken",
    "Article",
    "AskedLabel",
    "AskedQuestion",
    "Attribute",
    "AttributeOption",
    "Base",
    "Batch",
    "Block",
    "Event",
    "Job",
    "Label",
    "Layer",
    "Membership",
    "Operation",
    "Project",
    "Relation",
    "RelationType",
    "SignInFailure",
    "SignInSession",
    "StartLink",
    "User",
    "Value",
    "now",
]
