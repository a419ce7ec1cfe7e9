"""Cases: the list, a case with its time line, what people do to it outside its steps, and its replay."""
