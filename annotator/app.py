"""Composition: settings and database become a Flask application."""

from collections.abc import Callable

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from annotator.api import v1
from annotator.config import Settings, asset_folder, read_secret
from annotator.storage.engine import Database
from annotator.web import (
    account,
    annotate,
    assets,
    auth,
    csrf,
    errors,
    exports,
    headers,
    health,
    importing,
    lifecycle,
    members,
    navigation,
    projects,
    queue,
    scheme,
)


def create_app(
    settings: Settings,
    database: Database,
    *,
    wake_jobs: Callable[[], None] | None = None,
    check_jobs: Callable[[], str] | None = None,
) -> Flask:
    """The web application on a database that has this version's schema.

    ``wake_jobs`` tells a worker in the same process to look for jobs, ``check_jobs`` whether it
    does; without them jobs wait for another process.
    """
    app = Flask("annotator", static_folder=None, template_folder=str(asset_folder("templates")))
    app.config.update(
        SECRET_KEY=read_secret(settings),
        MAX_CONTENT_LENGTH=settings.largest_request,
        MAX_FORM_MEMORY_SIZE=settings.largest_request,
        COMPRESS_MIN_SIZE=1_000,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_CACHE_BACKEND=assets.Compressed,
        COMPRESS_CACHE_KEY=assets.compressed_key,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app)
    Compress(app)
    lifecycle.init_lifecycle(
        app, lifecycle.Runtime(settings, database, wake_jobs or (lambda: None), check_jobs)
    )
    headers.init_headers(app)
    csrf.init_csrf(app)
    errors.init_errors(app)
    assets.init_assets(app)
    auth.init_auth(app)
    navigation.init_navigation(app)
    for blueprint in (
        health.bp,
        account.bp,
        projects.bp,
        queue.bp,
        annotate.bp,
        importing.bp,
        exports.bp,
        scheme.bp,
        members.bp,
        v1.bp,
    ):
        app.register_blueprint(blueprint)
    return app
