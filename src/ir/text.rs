use super::Unit;

/// The text form of a unit, for people and for the tests of front ends (`forewarn debug ir FILE`).
#[must_use]
pub fn write_text(unit: &Unit) -> String {
    format!("unit {}\n", unit.language)
}
