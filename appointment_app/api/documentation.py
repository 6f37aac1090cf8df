"""The API to read and to try, at ``/api/docs`` and ``/api/redoc``; all files are our own server's.

The pages have a policy of their own: their scripts come from files, so that no inline script and
no eval is let in, and the policy of the other pages stays as it is.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import fastapi_offline
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from appointment_app.api.problems import of_http

_FILES = Path(fastapi_offline.__file__).parent / "static"
_FILES_AT = "/api/docs-files"

_START_SWAGGER = """\
SwaggerUIBundle({
  url: document.body.dataset.document,
  dom_id: "#api",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
});"""

_SWAGGER = """\
<link rel="stylesheet" href="{files}/swagger-ui.css">
</head>
<body data-document="{document}">
<div id="api"></div>
<script src="{files}/swagger-ui-bundle.js"></script>
<script>{start}</script>"""

_REDOC = """\
</head>
<body>
<redoc spec-url="{document}"></redoc>
<script src="{files}/redoc.standalone.js"></script>"""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Appointment App: the API</title>
<link rel="icon" href="/logo.svg">
{content}
</body>
</html>"""


def _hash_of(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {_hash_of(_START_SWAGGER)}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",  # the search of ReDoc
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


class _Files(StaticFiles):
    """Files; what is not there is refused as the API refuses."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            return of_http(error)


def documentation_routes(openapi_url: str) -> list[BaseRoute]:
    """Return the routes of both pages, which read the document at ``openapi_url``."""

    def page(content: str) -> HTMLResponse:
        filled = content.format(files=_FILES_AT, document=openapi_url, start=_START_SWAGGER)
        return HTMLResponse(
            _PAGE.format(content=filled), headers={"content-security-policy": _POLICY}
        )

    async def swagger(_: Request) -> HTMLResponse:
        return page(_SWAGGER)

    async def redoc(_: Request) -> HTMLResponse:
        return page(_REDOC)

    return [
        Route("/api/docs", swagger),
        Route("/api/redoc", redoc),
        Mount(_FILES_AT, _Files(directory=_FILES)),
    ]
