"""How versions did, held against results and, before there are any, by drift."""
