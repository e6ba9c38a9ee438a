"""Where does the net look? Grad-CAM and its relatives: the door to `cnntutor.vision.cam`."""

from __future__ import annotations

from cnntutor.vision.cam.grad_cam import grad_cam
from cnntutor.vision.cam.grad_cam_plus_plus import grad_cam_plus_plus
from cnntutor.vision.cam.layer_cam import layer_cam
from cnntutor.vision.cam.occlusion import occlusion
from cnntutor.vision.cam.score_cam import score_cam

__all__ = ["grad_cam", "grad_cam_plus_plus", "layer_cam", "occlusion", "score_cam"]
