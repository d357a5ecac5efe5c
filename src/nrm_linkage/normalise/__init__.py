"""Raw text -> comparable values: one module a field, and `referrals`, which applies them to the distinct
values of a frame.
"""
