"""The reviewer's desk: pages corrected in the browser, with the scan before the eyes."""
