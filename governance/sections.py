"""The sections of a board paper that people write, in the paper's order."""

SECTIONS = {
    "people": "People Implications",
    "financial": "Financial Implications",
    "professional": "Professional Implications",
    "risk": "Risk Analysis",
    "impact": "Impact Assessments",
    "consultation": "Consultation",
    "strategic": "Strategic Assessment",
}
PROMPTS = {
    "people": "What the plan asks of staff: posts, training, workload.",
    "financial": "Cost, budget and anything not yet funded; say so if there is none.",
    "professional": "What bears on professional practice, registration and legal duties.",
    "risk": "The risks if the plan slips, and how each is held.",
    "impact": "Which impact assessment was screened or done, and what it found.",
    "consultation": "Who has been consulted, and what they said.",
    "strategic": "How this serves the strategic plan.",
}


def paragraphs(text: str) -> tuple[str, ...]:
    """The written text as paragraphs: blank lines part them, other line breaks do too."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
