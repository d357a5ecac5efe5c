"""Finds repeat referrals to the National Referral Mechanism."""
