//! Guesses what somebody meant to write: the name of a setting, of a task.

/// The candidate that is closest to the word, unless even that one is too far away to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let tolerated = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other, capitals and
/// the choice between dash and underscore aside.
fn distance(left: &str, right: &str) -> usize {
    let (left, right) = (folded(left), folded(right));
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(a != b);
            let mut cost = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                cost = cost.min(before_last[column - 1] + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

fn folded(word: &str) -> Vec<char> {
    word.chars().map(|letter| if letter == '-' { '_' } else { letter.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("port", "port"), 0);
        assert_eq!(distance("prot", "port"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("Log-Level", "log_level"), 0);
    }

    #[test]
    fn suggests_only_what_is_close() {
        let known = ["worker_concurrency", "worker_queues", "port"];
        assert_eq!(nearest("worker_concurency", known), Some("worker_concurrency"));
        assert_eq!(nearest("prt", known), Some("port"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn a_slip_in_a_task_name_is_recognised() {
        let known = ["demo.add", "demo.fetch", "reports.build"];
        assert_eq!(nearest("demo.ad", known), Some("demo.add"));
        assert_eq!(nearest("demo.fecth", known), Some("demo.fetch"));
        assert_eq!(nearest("Demo.add", known), Some("demo.add"));
        assert_eq!(nearest("shop.pay", known), None);
    }
}
