"""Configuration of Reflex; everything that an installation may change is in ``settings.py``."""

import os
import sys
from pathlib import Path

import reflex as rx

from appointment_app.inline_scripts import InlineScriptsPlugin
from appointment_app.origins import OneOriginPlugin
from appointment_app.settings import get_settings

# Node and npm lie beside Python in our environment, activated or not; nothing is downloaded.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
os.environ["REFLEX_USE_NPM"] = "1"

_settings = get_settings()

config = rx.Config(
    app_name="appointment_app",
    frontend_port=_settings.port,
    backend_host=_settings.host,
    trusted_proxy_hops=_settings.trusted_proxy_hops,
    cors_allowed_origins=_settings.allowed_origins,
    redis_url=_settings.redis_url or None,
    # Never the default, disk: it would write every visitor's cookies into files.
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if _settings.redis_url
    else rx.constants.StateManagerMode.MEMORY,
    plugins=[rx.plugins.TailwindV4Plugin(), OneOriginPlugin(), InlineScriptsPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_compression_formats=["brotli", "gzip"],
    # Only components that arrive while a page runs need whole libraries; we have none.
    frontend_lazy_bundled_libraries=True,
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
