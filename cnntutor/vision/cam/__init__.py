"""Where a net looks: one method, one file, on a shared recording. `cnntutor.vision.gradcam` is the door."""
