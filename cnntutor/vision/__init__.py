"""The science: arithmetic, kernels, models, data, training, Grad-CAM. Usable without the app."""
