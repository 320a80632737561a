"""How our recogniser learns. The only room that opens torch; install it with the extra `train`."""
