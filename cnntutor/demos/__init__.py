"""Live experiments: plain generators in `gallery/`, and what lists, runs and carries them. No screen here.

Only `gallery/` (inside its functions) and the worker process import torch.
"""
