"""What the invented population is like: how many repeat, when, why, and who stands next to whom.

Every field is a parameter of a simulation and none is a finding. The source of each value stands beside it:
"domain.md 6" is the project's table of proposed parameters, "domain.md 3.1" the published figures that anchor
it, "assumed" is ours alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from nrm_linkage.errors import ConfigError

__all__ = ["PopulationParameters"]


def _frozen(pairs: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(pairs.items())


@dataclass(frozen=True, kw_only=True)
class PopulationParameters:
    """The shape of the population, its repeats, its relatives and its Duty to Notify reports. Shares are
    between 0 and 1.
    """

    repeat_share_boys: float = 0.156
    """Of boys, by age at exploitation, the share of people referred again in the window, so that 1,311 are
    among 27,400 referrals (domain.md 3.1 and 6; the age basis of the published counts is unknown).
    """
    repeat_share_girls: float = 0.102
    """Of girls, so that 230 are (domain.md 3.1 and 6)."""
    repeat_share_men: float = 0.132
    """Of men, and of people whose gender is neither male nor female, so that 1,244 are (domain.md 3.1 and 6).
    """
    repeat_share_women: float = 0.127
    """Of women, so that 470 are (domain.md 3.1 and 6)."""
    repeat_factor_uk: float = 1.3
    """How much likelier a UK national is to be referred again, before the shares above are restored
    (domain.md 6).
    """
    repeat_factor_albanian: float = 1.1
    """Likewise (domain.md 6)."""
    repeat_factor_other: float = 0.8
    """Likewise (domain.md 6)."""
    referrals_of_repeaters: tuple[float, ...] = (0.88, 0.095, 0.019, 0.004, 0.0015, 0.0005)
    """Shares of repeaters with 2, 3, ... 7 referrals (domain.md 6; 6 and 7 split by us)."""
    same_instance_multi_agency: float = 0.35
    """Of further referrals, class T1: another body refers the same situation (domain.md 6)."""
    same_instance_later: float = 0.30
    """Class T2: the same situation, referred again later (domain.md 6)."""
    new_instance: float = 0.35
    """Class T3: another situation (domain.md 6: unknown in truth, 0.10 to 0.60 in sensitivity runs)."""
    gap_multi_agency_median_days: float = 9.0
    """Days since the referral before, T1: log-normal median (domain.md 6)."""
    gap_later_median_days: float = 150.0
    """T2 (domain.md 6)."""
    gap_new_instance_median_days: float = 330.0
    """T3 (domain.md 6)."""
    gap_sigma: float = 1.0
    """Log standard deviation of the three gaps (assumed)."""
    same_organisation: float = 0.30
    """Of further referrals, those by the same body (domain.md 6); the others by nationality (domain.md 2.5).
    """
    age_transition: float = 0.08
    """Of children referred again, those who turn 18 in between, T4 (domain.md 6)."""
    siblings: float = 0.04
    """Share of people referred on the same day, by the same body, as a brother or sister (domain.md 6)."""
    twins: float = 0.08
    """Of brothers and sisters, those who share a date of birth (assumed)."""
    co_victims: float = 0.03
    """Share of people found in one operation with 2 to 19 others (domain.md 6)."""
    look_alikes: float = 0.01
    """Share of people who have a namesake of the same nationality with the same default date of birth
    (domain.md 6).
    """
    duty_to_notify_per_nrm: float = 0.29
    """Duty to Notify rows for each NRM row (domain.md 6: 4,929 to 17,004 in 2023)."""
    duty_to_notify_anonymous: float = 0.80
    """Of those, without a name (domain.md 6)."""
    duty_to_notify_before_nrm: float = 0.03
    """Of those, of an adult who is later referred to the NRM, T5 (assumed)."""
    technical_duplicates: float = 0.002
    """Rows that repeat a submission, T0 (domain.md 6)."""
    adult_when_referred_uk: float = 0.05
    """Of UK nationals exploited as children, those who are adults when referred (assumed)."""
    adult_when_referred_other: float = 0.33
    """Likewise of others, so that 35% are children at referral and 44% at exploitation (domain.md 1.5; split
    assumed).
    """
    adult_when_unknown: float = 0.70
    """Of people whose age at exploitation is unknown, those who are adults when referred (assumed)."""
    default_birth_dates: tuple[tuple[str, float], ...] = field(
        default=_frozen(
            {
                "British": 0.001,
                "Albanian": 0.01,
                "Vietnamese": 0.03,
                "European": 0.003,
                "asylum": 0.035,
                "other": 0.04,
            }
        )
    )
    """Share whose date of birth in every record is 1 January. That of asylum nationalities is such that, with
    look-alikes and D2, 1 in 7 of their first records has it (domain.md 4.3: 1 in 7 asylum seekers); the
    others are assumed.
    """
    age_disputed: tuple[tuple[str, float], ...] = field(
        default=_frozen(
            {
                "Afghan": 0.40,
                "Iranian": 0.25,
                "Sudanese": 0.18,
                "Eritrean": 0.15,
                "Iraqi": 0.25,
                "Syrian": 0.2,
                "Vietnamese": 0.2,
                "Egyptian": 0.15,
                "Ethiopian": 0.15,
                "Chadian": 0.25,
                "South Sudanese": 0.2,
                "Albanian": 0.03,
                "Somali": 0.1,
                "other": 0.03,
                "British": 0.0,
            }
        )
    )
    """Of people who say that they are 15 to 20, the share whose age is disputed (order from domain.md 2.9;
    level assumed).
    """
    reference_asylum: float = 0.70
    """Of rows by an asylum or border body about people who are not British, those with a Home Office
    reference (domain.md 6).
    """
    reference_police: float = 0.25
    """By police (domain.md 6)."""
    reference_other: float = 0.45
    """By a local authority or charity (assumed). British people have none (domain.md 6)."""
    spelling_of_documents: float = 0.40
    """Share of tokens that a person's own papers spell otherwise than the name tables, where names are
    transliterated; half of it for South Asian and African names, a tenth for others (assumed).
    """
    siblings_share_reference: float = 0.50
    """Families whose younger members bear the first one's Home Office reference with a suffix (assumed)."""
    siblings_share_phone: float = 0.30
    """Families with one telephone (assumed)."""
    shared_phone: float = 0.05
    """People reached on the number of a service that others give too (assumed)."""
    shared_accommodation: float = 0.30
    """Asylum seekers whose address is accommodation shared with many (assumed)."""
    weekend_factor: float = 0.35
    """Referrals on a Saturday or Sunday relative to a weekday (assumed)."""

    # Relatives.
    sibling_group_sizes: tuple[float, ...] = (0.80, 0.15, 0.05)
    """Shares of groups of 2, 3 and 4 brothers and sisters (assumed)."""
    operation_ends: float = 0.28
    """Chance that an operation of 3 or more co-victims has no further one; none has more than 20 (domain.md 6
    for the bounds; assumed).
    """
    operation_same_nationality: float = 0.90
    """Of co-victims, those of the nationality and kind of case of the first (assumed)."""

    # How referrals are taken.
    interpreter_used: float = 0.55
    """Of people who are not British and whose language is not English (assumed)."""
    telephone_charity: float = 0.30
    """Of referrals by charities, those taken by telephone (assumed)."""
    telephone_other: float = 0.08
    """Of others (assumed)."""
    custody_of_police: float = 0.45
    """Of referrals by police, those taken in custody or in the field (assumed)."""
    small_boat_of_government: float = 0.40
    """Of government referrals of asylum nationalities, Albanians and Vietnamese, those at small-boat intake
    (assumed).
    """

    # What a referral says about what happened.
    situation_median_days: float = 240.0
    """Length of a situation, log-normal median (assumed)."""
    situation_sigma: float = 1.1
    """Its log standard deviation (assumed)."""
    new_instance_other_type: float = 0.50
    """Of new situations, those whose types are drawn anew (assumed)."""
    exploited_in_uk: tuple[float, float, float] = (0.955, 0.12, 0.44)
    """Share exploited in the UK alone: British, asylum nationalities, others (49% of all in 2023,
    domain.md 2.1; split assumed).
    """
    exploited_in_both: tuple[float, float, float] = (0.02, 0.205, 0.165)
    """In the UK and overseas, likewise (14% of all in 2023, domain.md 2.1; split assumed)."""
    town_told: float = 0.90
    """Of situations in the UK, referrals that name the town (assumed)."""
    second_town_told: float = 0.20
    """That name a second one (assumed)."""
    dates_told: float = 0.45
    """Referrals that give a start of the exploitation (assumed)."""
    end_told: float = 0.70
    """Of those, with an end (assumed)."""
    dates_rough: float = 0.50
    """Of those, to the month only (assumed)."""
    dates_text_told: float = 0.60
    """Referrals that say in free text when it happened (assumed)."""
    reasonable_grounds_median_days: float = 40.0
    """Wait for a reasonable grounds decision, log-normal (assumed)."""
    reasonable_grounds_positive: float = 0.55
    """Positive ones (domain.md 2.1, 2023)."""
    reasonable_grounds_positive_before_later: float = 0.25
    """Positive ones where the same situation is referred again later (assumed)."""
    conclusive_grounds_median_days: float = 450.0
    """Wait for a conclusive grounds decision, log-normal, at least 30 days (assumed)."""
    conclusive_grounds_positive: float = 0.66
    """Positive ones (domain.md 2.1, 2023)."""
    single_competent_authority: float = 0.77
    """Cases of the Single Competent Authority (domain.md 2.1, 2024)."""
    earlier_report_told: float = 0.50
    """Of people referred before, those of whom the referral says so (assumed)."""
    earlier_report_not_sure: float = 0.15
    """Referrals that are not sure (assumed)."""
    earlier_reference_told: float = 0.40
    """Of repeat referrals since March 2025, those that quote the earlier reference (assumed)."""
    several_situations_told: float = 0.60
    """Of new situations, referrals that say that there was more than one (assumed)."""
    several_situations_wrongly: float = 0.10
    """Of others (assumed)."""
    still_exploited: float = 0.12
    """Referrals of people still exploited (assumed)."""
    other_victims_told: float = 0.80
    """Of families and operations, referrals that mention other victims (assumed)."""

    # What a record holds.
    age_group_turned: float = 0.15
    """Of people whose age is disputed, those on the other side of 18 in the tick-box (assumed)."""
    age_group_unknown: float = 0.15
    """Of them, those with `Unknown` (assumed)."""
    phone_given: float = 0.35
    """Records with a telephone number (assumed)."""
    email_given: float = 0.12
    """Of adults (assumed)."""
    town_given: float = 0.85
    """Records with the present town (assumed)."""
    postcode_given: float = 0.45
    """Of adults (assumed)."""
    language_given: float = 0.65
    """Of people with another language than English (assumed)."""
    police_reference_given: float = 0.60
    """Of referrals by police (assumed)."""
    home_nation_written: float = 0.04
    """Of British people, those recorded as English, Scottish, Welsh or Northern Irish (assumed)."""
    duplicate_same_submission: float = 0.50
    """Of technical duplicates, those that keep the id of the submission (assumed)."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, float) and value < 0:
                raise ConfigError(
                    f"PopulationParameters.{each.name} is below 0; it must be a share or a positive number."
                )
        mix = self.same_instance_multi_agency + self.same_instance_later + self.new_instance
        if abs(mix - 1) > 1e-9 or abs(sum(self.referrals_of_repeaters) - 1) > 1e-9:
            raise ConfigError(
                "The shares of the three classes of further referral must sum to 1, and so must those of"
                " 2 to 7 referrals."
            )
