"""Pixels in, clean leaves out: the door of cv2 and Pillow."""

import os

# Pages are read, and strips made, in parallel processes; threads in each would only get in the way.
# Told by environment, since importing cv2 here would cost those who want only a name of this package.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
