"""The photo of the demonstration's newcomer: drawn, so that it is nobody's."""

from io import BytesIO

from PIL import Image, ImageDraw

from preau.core.photos import photo_of

WALL, SKIN, HAIR, SHIRT = (214, 232, 224), (226, 184, 150), (72, 48, 38), (13, 107, 88)


def portrait() -> bytes:
    """A face in front of a wall, as `core.photos` writes it."""
    image = Image.new("RGB", (480, 600), WALL)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 430, 420, 800), fill=SHIRT)
    draw.rectangle((200, 360, 280, 470), fill=SKIN)
    draw.ellipse((130, 90, 350, 330), fill=HAIR)
    draw.ellipse((145, 140, 335, 400), fill=SKIN)
    for eye in (200, 264):
        draw.ellipse((eye, 250, eye + 18, 268), fill=HAIR)
    draw.arc((195, 280, 285, 345), 20, 160, fill=(150, 70, 60), width=7)
    written = BytesIO()
    image.save(written, "PNG")
    return photo_of(written.getvalue())
