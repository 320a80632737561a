"""Pixels in, clean leaves out: the door of cv2 and Pillow."""
