"""The office as clerks have it: real processes through real pages of a real server, measured from outside; nothing here imports the edge."""
