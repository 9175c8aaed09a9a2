"""The same training step in PyTorch: `python torch-step.py FOLDER`, with what describe-for-torch.ts writes there."""

import json
import resource
import sys
import time

import torch
from torch.nn import functional as F

folder = sys.argv[1]
with open(f"{folder}/step.json") as file:
    step = json.load(file)
torch.set_num_threads(step["threads"])


def read(entry):
    numbers = torch.from_file(f"{folder}/{entry['file']}", size=entry["size"], dtype=torch.float32)
    return numbers.reshape(entry["shape"]).clone()


values = {entry["name"]: read(entry) for entry in step["tensors"]}
trained = [values[name].requires_grad_(True) for name in step["trained"]]
images, targets = read(step["images"]), read(step["targets"])


def make_augmentation(photo, side):
    """A batch of the photo, changed at random like the defaults of `train run`, by torchvision."""
    from PIL import Image
    from torchvision import transforms

    with open(f"{folder}/{photo['file']}", "rb") as file:
        picture = Image.frombytes("RGB", (photo["width"], photo["height"]), file.read())
    change = transforms.Compose(
        [
            transforms.RandomCrop(side),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(0.2, 0.2, 0.2),
            transforms.RandomRotation(15),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    return lambda: torch.stack([change(picture) for _ in range(len(images))])


def pad(x, pads):
    top, left, bottom, right = pads
    return F.pad(x, (left, right, top, bottom)) if any(pads) else x


def run(node, inputs):
    operator, attributes = node["operator"], node["attributes"]
    pads = attributes.get("pads", [0, 0, 0, 0])
    strides = attributes.get("strides", [1, 1])
    x = inputs[0]
    if operator == "Conv":
        even = pads[:2] == pads[2:]
        x = x if even else pad(x, pads)
        bias = inputs[2] if len(inputs) > 2 else None
        group = attributes.get("group", 1)
        return F.conv2d(x, inputs[1], bias, strides, pads[:2] if even else 0, 1, group)
    if operator == "Relu":
        return F.relu(x)
    if operator == "Clip":
        return F.hardtanh(x, float(inputs[1]), float(inputs[2]))
    if operator == "Add":
        return x + inputs[1]
    if operator == "MaxPool":
        return F.max_pool2d(x, attributes["kernel_shape"], strides, pads[:2])
    if operator == "GlobalAveragePool":
        return x.mean((2, 3), keepdim=True)
    if operator == "Flatten":
        return x.flatten(1)
    if operator == "Gemm":
        return F.linear(x, inputs[1], inputs[2])
    if operator == "Identity":
        return x
    raise SystemExit(f"torch-step.py does not know {operator}.")


def forward():
    tensors = {**values, step["input"]: images}
    for node in step["nodes"]:
        tensors[node["output"]] = run(node, [tensors[name] for name in node["inputs"] if name])
    return tensors["logits"].flatten(1)


augment = make_augmentation(step["photo"], images.shape[2]) if step["photo"] else None
optimiser = torch.optim.SGD(trained, lr=step["rate"], momentum=step["momentum"])
cpu, wall, losses = [], [], []
for i in range(step["steps"] + 1):
    started, used = time.perf_counter(), time.process_time()
    if augment:
        images = augment()
    optimiser.zero_grad()
    loss = -(F.log_softmax(forward(), 1) * targets).sum() / len(images)
    loss.backward()
    optimiser.step()
    if i > 0:
        cpu.append(1000 * (time.process_time() - used))
        wall.append(1000 * (time.perf_counter() - started))
    losses.append(loss.item())

middle = len(cpu) // 2
print(
    json.dumps(
        {
            "cpuMs": sorted(cpu)[middle],
            "wallMs": sorted(wall)[middle],
            "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "losses": losses,
        }
    )
)
