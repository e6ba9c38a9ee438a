"""The demos, one file each: `grad_cam.py` holds the demo `grad-cam`. A new file here is a new demo."""
