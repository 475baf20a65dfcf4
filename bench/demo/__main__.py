"""``python -m bench.demo [FOLDER]``."""

import sys
from pathlib import Path

from bench import demo

demo.write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data"))
