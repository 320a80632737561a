"""Whether the user has asked this run to end.

An exception raised by a signal can be lost where Python must ignore exceptions (finalizers, callbacks of
libraries); what waits looks here too, so that Ctrl-C always ends a run.
"""

import threading

ASKED = threading.Event()
