"""The permission of every route, by endpoint: a route that is missing here is refused.

Names are those of ``domain.permissions``. Routes below ``/projects/<slug>`` name a permission in
that project; the others one of the account.
"""

ROUTES: dict[str, str] = {
    "assets.static_file": "anyone",
    "health.health": "anyone",
    "auth.sign_in_form": "anyone",
    "auth.sign_in": "anyone",
    "auth.start": "anyone",
    "auth.sign_out": "signed-in",
    "account.account_form": "signed-in",
    "account.change_password": "signed-in",
    "projects.list_projects": "signed-in",
    "projects.new_project_form": "project:create",
    "projects.create_project": "project:create",
    "projects.show_project": "project:see",
    "projects.change_project": "project:edit",
    "queue.show_queue": "project:see",
    "queue.draw_next": "article:annotate",
    "annotate.show_article": "article:read",
    "annotate.label_colours": "project:see",
    "annotate.apply_operations": "article:annotate",
    "annotate.show_changes": "article:read",
    "annotate.step_layer": "article:annotate",
    "importing.import_form": "article:import",
    "importing.paste_article": "article:import",
    "importing.show_blocks": "article:import",
    "exports.list_exports": "export:make",
    "exports.start_export": "export:make",
    "exports.show_export": "export:make",
    "exports.download_export": "export:make",
    "scheme.show_scheme": "scheme:see",
    "scheme.add_label": "scheme:edit",
    "scheme.change_label": "scheme:edit",
    "scheme.switch_labels": "scheme:edit",
    "members.list_members": "members:see",
    "members.set_member": "members:edit",
    "members.remove_form": "members:edit",
    "members.remove_member": "members:edit",
}
