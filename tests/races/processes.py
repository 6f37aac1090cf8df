"""Where the processes of the races come from: a server forks them that has imported everything."""

from __future__ import annotations

import multiprocessing

PRELOADED = "tests.races.preloaded"

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([PRELOADED])
