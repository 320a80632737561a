"""One run on many machines: shards of it, and pages that machines take from each other's reach."""
