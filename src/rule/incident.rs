use std::fmt;

use serde::{Deserialize, Deserializer, de::Error as _};

use super::Date;

/// A loss, or a near one, that rules refer to: one file of `rules/incidents`, whose name is the id.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Incident {
    /// The wallet or the name that the event is known by.
    pub name: String,
    /// When it became public.
    pub date: PartialDate,
    /// What was lost, in US dollars of the time, where a figure is known.
    #[serde(default)]
    pub loss_usd: Option<u64>,
    /// What happened, in a sentence or two.
    pub what: String,
    /// Where this is written: an advisory, a report, an issue.
    pub source: String,
    /// The repositories in which it happened, `owner/name` on GitHub, where that is known.
    #[serde(default)]
    pub repositories: Vec<String>,
}

impl Incident {
    /// Name, date and loss: `Slope Wallet, August 2022, about USD 4 million`.
    #[must_use]
    pub fn heading(&self) -> String {
        let loss = self.loss_usd.map(|loss| format!(", about USD {}", amount(loss))).unwrap_or_default();
        format!("{}, {}{loss}", self.name, self.date.in_words())
    }

    /// The heading and what happened.
    #[must_use]
    pub fn story(&self) -> String {
        format!("{}: {}", self.heading(), self.what)
    }

    /// Whether it happened in a repository, `owner/name`.
    #[must_use]
    pub fn is_of(&self, repository: &str) -> bool {
        self.repositories.iter().any(|known| known.eq_ignore_ascii_case(repository))
    }

    /// Whether it was public on a day.
    #[must_use]
    pub fn is_known(&self, date: Date) -> bool {
        self.date.last_day() <= date
    }
}

fn amount(dollars: u64) -> String {
    match dollars {
        1_000_000_000.. => format!("{} billion", dollars as f64 / 1e9),
        1_000_000.. => format!("{} million", dollars as f64 / 1e6),
        1_000.. => format!("{},{:03}", dollars / 1000, dollars % 1000),
        _ => dollars.to_string(),
    }
}

/// A day, or a month or year of which the day is not known: `2022-08-03`, `2022-08`, `2022`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl PartialDate {
    /// `August 2022`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let month = self.month.and_then(|month| MONTHS.get(usize::from(month) - 1));
        month.map_or_else(|| self.year.to_string(), |month| format!("{month} {}", self.year))
    }

    /// The last day that it can mean: nobody may be held to have known earlier.
    #[must_use]
    pub fn last_day(self) -> Date {
        Date { year: self.year, month: self.month.unwrap_or(12), day: self.day.unwrap_or(31) }
    }

    fn parse(text: &str) -> Option<Self> {
        let rest = match text.len() {
            4 => "-01-01",
            7 => "-01",
            _ => "",
        };
        let date: Date = format!("{text}{rest}").parse().ok()?;
        Some(Self { year: date.year, month: (text.len() >= 7).then_some(date.month), day: (text.len() == 10).then_some(date.day) })
    }
}

impl fmt::Display for PartialDate {
    /// As it is written in a file: `2022-08-03`, `2022-08` or `2022`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a date: write it as 2022-08-03, 2022-08 or 2022")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_may_lack_their_day() {
        let words = |text| PartialDate::parse(text).map(|date| date.in_words());
        assert_eq!(words("2022-08-03").as_deref(), Some("August 2022"));
        assert_eq!(words("2022-08").as_deref(), Some("August 2022"));
        assert_eq!(words("2022").as_deref(), Some("2022"));
        assert!(["2022-08-03", "2022-08", "2022"].iter().all(|text| PartialDate::parse(text).unwrap().to_string() == *text));
        assert!(["2022-13", "22", "2022-0", "2022-08-03-01", "soon"].iter().all(|text| words(text).is_none()));
        assert_eq!(PartialDate::parse("2022").map(|date| date.last_day().to_string()).as_deref(), Some("2022-12-31"));
    }

    #[test]
    fn sums_are_readable() {
        assert_eq!([5_700, 170_000, 4_000_000, 1_500_000_000].map(amount), ["5,700", "170,000", "4 million", "1.5 billion"]);
    }
}
