"""The permission of every route of the API, by endpoint: a route that is missing here is refused.

Names are those of ``domain.permissions``, in the project where the address names one.
"""

ROUTES: dict[str, str] = {
    "api.show_openapi": "anyone",
    "api.list_projects": "signed-in",
    "api.create_project": "project:create",
    "api.show_project": "project:see",
    "api.list_articles": "article:read",
    "api.add_articles": "article:import",
    "api.show_article": "article:read",
    "api.finish_article": "article:annotate",
    "api.reopen_article": "article:annotate",
    "api.skip_article": "article:annotate",
    "api.list_annotations": "article:read",
    "api.show_annotation": "article:read",
    "api.put_annotation": "article:annotate",
    "api.change_annotation": "article:annotate",
    "api.delete_annotation": "article:annotate",
    "api.start_export": "export:make",
    "api.show_job": "signed-in",
    "api.download_job": "signed-in",
}
