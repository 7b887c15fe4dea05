//! Wall times and moments.

use super::Tz;
use crate::nearest::nearest;
use chrono_tz::TZ_VARIANTS;

/// The longest name that is repeated in an error.
const LONGEST: usize = 64;

/// A zone by its name, in capitals or not. The error is a sentence that names the nearest right one.
pub fn parse(name: &str) -> Result<Tz, String> {
    let name = name.trim();
    if name.len() > LONGEST {
        return Err(format!("is longer than the {LONGEST} letters that a time zone may have"));
    }
    if name.is_empty() {
        return Err("is empty; write a time zone like UTC or Europe/Berlin".to_owned());
    }
    if let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)) {
        return Ok(*zone);
    }
    let meant = TZ_VARIANTS.iter().map(|zone| zone.name()).find(|known| is_city(name, known));
    let meant = meant.or_else(|| nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name())));
    Err(match meant {
        Some(meant) => format!("{name:?} is no time zone; did you mean {meant}?"),
        None => format!("{name:?} is no time zone; write one like UTC or Europe/Berlin"),
    })
}

/// Whether this is the last part of the name of a zone, with spaces or underscores.
fn is_city(name: &str, zone: &str) -> bool {
    let city = zone.rsplit('/').next().unwrap_or_default();
    city.len() == name.len()
        && city
            .bytes()
            .zip(name.bytes())
            .all(|(known, letter)| known.eq_ignore_ascii_case(&letter) || (known == b'_' && letter == b' '))
}
