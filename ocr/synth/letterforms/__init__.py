"""The letters of Russian cursive as pen paths, one form a row of the text files beside this one.

    letter tag entry exit weight : [lead-in <] stroke [| stroke] [+ way out] [> lead-out] [@ marks]

A stroke is a row of points x,y through which the pen runs smoothly; `!` marks a sharp turn. The frame is
upright (slant comes with the hand): baseline y=0, small letters reach 1, ascenders and capitals 2,
descenders -1. What stands before `<` and after `>` is written only where a letter is not joined on that
side; what stands after `+` only where it is; marks (bars, dots) come when the word is done.

Entry, how the pen comes in: i to the top and sharply down, n over a hump, o into an oval, e into a loop,
l low with a hook, - not at all. Exit: _ low, ^ high, - not at all. Weight: how many writers write it so.

Drawn for this project after the school script (model letters of copy-books as we know them) and after
the clerks' hands of the 1860s; no font was traced.
"""
