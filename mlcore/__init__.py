"""Tables in, scores out: the arithmetic of predictions, in plain Python that knows no Django."""
