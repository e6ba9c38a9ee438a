"""cnntutor: learn convolutional neural networks in the terminal, and still know them a year later."""

__version__ = "0.1.0"
