"""How our recogniser learns. The only room that opens torch; install it with the extra `train`.

pretraining          the base model, from lines that `ocr.synth` makes
domain_adaptation    the base model goes on with real lines, not transcribed (pseudo_labels, unread)
fine_tuning          the model of one hand, from its transcribed lines (`ocr train --hand`)
self_training        the model of one hand, from its lines as they are read (`ocr train --self`)
run, net, samples    what all four are made of: a training run, the net, its batches
"""

import os

# torch keeps what it has prepared for every width of a batch, which comes to a gigabyte; a few do as well
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
