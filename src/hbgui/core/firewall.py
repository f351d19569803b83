"""stub"""


def rule(port: int) -> str:
    return ""
