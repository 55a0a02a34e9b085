"""How charts look: sizes, colours, and what matplotlib is told once."""

import warnings

import matplotlib

# Once, at import: changing rcParams while another thread draws mixes up both drawings.
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "throughline",
        "svg.fonttype": "none",
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "path.simplify": False,
    }
)

# A name in a script that DejaVu lacks is drawn all the same, by the page's own font.
warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")

INK, TEAL, ORANGE, GREY, GRID = "#1a1a1a", "#0b6e6e", "#b5460f", "#4a4a4a", "#d5d9dc"
BROWN = "#7a3e00"
COMPARATOR_LOOKS = [("s", "#5b3f8c"), ("^", "#1f5fa8"), ("D", "#6b4a1f"), ("v", "#7a1f4d")]
# Inches. Narrow, so that 9-point text stays readable when a telephone shrinks the drawing.
WIDTH, HEIGHT, RIGHT, TOP, BOTTOM = 5.6, 2.9, 1.3, 0.3, 0.5
NARROW = 3.9  # for screens on which the other would be shrunk until it cannot be read
FEW = 9
