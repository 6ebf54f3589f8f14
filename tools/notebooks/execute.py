"""Runs a notebook from top to bottom in a fresh kernel: execute.py NOTEBOOK RESULT. An error ends it; the result is written in either case."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# The slowest cell, a training in notebook 07, takes minutes on an idle machine
SECONDS_PER_CELL = 3600

source, result = map(Path, sys.argv[1:])
notebook = nbformat.read(source, as_version=4)
client = NotebookClient(
    notebook,
    timeout=SECONDS_PER_CELL,
    record_timing=False,
    resources={"metadata": {"path": str(source.parent)}},
)
try:
    client.execute()
except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
    sys.exit(str(error))
finally:
    nbformat.write(notebook, result)
