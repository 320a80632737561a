"""tetradi: reads scans of Russian manuscripts and gives back TEI-XML."""

import os

__version__ = "0.1.0"

# onnxruntime reports to its maker since 1.29 (docs/decisions/0004). Archives' scans are nobody's business;
# it looks at its environment when it is first imported, so this stands before everything else.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
