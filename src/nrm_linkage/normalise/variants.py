"""stub"""
def variant_class(token: str) -> str:
    return token
def nickname_classes(token: str) -> frozenset[str]:
    return frozenset()
