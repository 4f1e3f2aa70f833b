//! Which defects of a route are listed one by one, where there are more than an answer holds.

use analytics::spatial::Sighting;

/// How many each step may list of what it wants to: the same for all, and what steps with fewer leave goes to the others.
pub fn allotted(wanted: &[usize], most: usize) -> Vec<usize> {
    let mut fewest_first: Vec<usize> = (0..wanted.len()).collect();
    fewest_first.sort_by_key(|&step| wanted[step]);
    let mut room = vec![0; wanted.len()];
    let mut left = most;
    for (done, step) in fewest_first.into_iter().enumerate() {
        room[step] = wanted[step].min(left / (wanted.len() - done));
        left -= room[step];
    }
    room
}

/// What a step lists.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whether each of its defects with a position is.
    pub seen: Vec<bool>,
    /// How many of those missing are.
    pub missing: usize,
    /// How many of both are not.
    pub left_out: usize,
}

impl Listed {
    /// Adders first, then ambiguous ones, then common ones, then missing ones, as far as there is room.
    pub fn new(sightings: &[Sighting], missing: usize, room: usize) -> Self {
        let mut left = room;
        let mut take = |count: usize| {
            let taken = count.min(left);
            left -= taken;
            taken
        };
        let mut take_of = [0; 3];
        for (class, taken) in take_of.iter_mut().enumerate() {
            let of_class = sightings.iter().filter(|one| rank(one) == class);
            *taken = take(of_class.count());
        }
        let missing_listed = take(missing);
        let seen = sightings.iter().map(|sighting| {
            let of_class = &mut take_of[rank(sighting)];
            let is_listed = *of_class > 0;
            *of_class = of_class.saturating_sub(1);
            is_listed
        });
        let seen: Vec<bool> = seen.collect();
        let left_out = seen.iter().filter(|is_listed| !**is_listed).count();
        Self {
            seen,
            missing: missing_listed,
            left_out: left_out + missing - missing_listed,
        }
    }
}

fn rank(sighting: &Sighting) -> usize {
    match sighting {
        Sighting::Added => 0,
        Sighting::Common {
            is_ambiguous: true, ..
        } => 1,
        Sighting::Common { .. } => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(is_ambiguous: bool) -> Sighting {
        Sighting::Common {
            first: 0,
            is_ambiguous,
        }
    }

    #[test]
    fn steps_with_few_defects_leave_their_room_to_the_others() {
        assert_eq!(allotted(&[10, 90, 60], 100), [10, 45, 45]);
        assert_eq!(allotted(&[10, 40, 50], 100), [10, 40, 50]);
        assert_eq!(allotted(&[0, 500, 0], 100), [0, 100, 0]);
        assert!(allotted(&[], 100).is_empty());
    }

    #[test]
    fn adders_come_first_and_missing_ones_last() {
        let sightings = [
            common(false),
            Sighting::Added,
            common(true),
            common(false),
            Sighting::Added,
        ];
        let of = |room| Listed::new(&sightings, 2, room);
        assert_eq!(of(1).seen, [false, true, false, false, false]);
        assert_eq!(of(3).seen, [false, true, true, false, true]);
        assert_eq!(of(4).seen, [true, true, true, false, true]);
        assert_eq!((of(4).missing, of(4).left_out), (0, 3));
        assert_eq!((of(6).missing, of(6).left_out), (1, 1));
        assert_eq!((of(9).missing, of(9).left_out), (2, 0));
        assert_eq!((of(0).missing, of(0).left_out), (0, 7));
    }
}
