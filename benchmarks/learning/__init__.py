"""How fast, how frugal, how accurate and how honest mlcore is; `python -m benchmarks.learning` runs it all.

Speed and memory are measured on made-up schools, accuracy on real ones, where their files can be found.
"""
