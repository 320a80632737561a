"""How our recogniser learns. The only room that opens torch; install it with the extra `train`."""

import os

# torch keeps what it has prepared for every width of a batch, which comes to a gigabyte; a few do as well
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
