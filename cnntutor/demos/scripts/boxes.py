"""Intersection over union, dropping doubles, and average precision, by hand."""

import math

BOXES = [[19, 5, 76, 76], [13, 1, 72, 70], [60, 30, 85, 86]]
SCORES = [0.9, 0.8, 0.7]
KINDS = ["cup", "cup", "spoon"]
TRUE_BOXES = [[18, 4, 77, 77], [56, 17, 81, 81]]
TRUE_KINDS = ["cup", "spoon"]
METHOD, THRESHOLD, SIGMA, LEAST = "hard", 0.5, 0.5, 0.05
BY_CLASS = True
FIRST, SECOND, BAR = 1, 2, 0.5


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def factor(overlap):
    if METHOD == "gaussian":
        return math.exp(-(overlap**2) / SIGMA)
    if METHOD == "linear":
        return 1 - overlap if overlap > THRESHOLD else 1
    return 0 if overlap > THRESHOLD else 1


left, kept = dict(enumerate(SCORES)), []
while left:
    best = max(left, key=left.get)
    kept.append((left.pop(best), best))
    for box in list(left):
        if not BY_CLASS or KINDS[box] == KINDS[best]:
            left[box] *= factor(iou(BOXES[box], BOXES[best]))
            if not left[box] or left[box] < LEAST:
                del left[box]


def average_precision(kind, bar):
    objects = [true for true, name in zip(TRUE_BOXES, TRUE_KINDS, strict=True) if name == kind]
    free, rank, precisions = list(objects), 0, []
    for _, box in sorted(kept, key=lambda item: -item[0]):
        if KINDS[box] == kind:
            rank += 1
            if free and iou(BOXES[box], max(free, key=lambda true: iou(BOXES[box], true))) >= bar:
                free.remove(max(free, key=lambda true: iou(BOXES[box], true)))
                precisions.append((len(precisions) + 1) / rank)
    return sum(max(precisions[at:]) for at in range(len(precisions))) / len(objects)


print("kept", len(kept))
print("iou", iou(BOXES[FIRST - 1], BOXES[SECOND - 1]))
if TRUE_BOXES:
    kinds = sorted(set(TRUE_KINDS))
    print("map", sum(average_precision(kind, BAR) for kind in kinds) / len(kinds))
