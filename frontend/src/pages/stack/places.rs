//! Places of a stacked wafer, cells or dies alike: where they are and what was found there.

use contract::spatial::{Stack, StackCells};

use crate::wafer::Region;

/// What the colours measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Defects.
    Count,
    /// Defects per cm2 and inspection.
    Density,
    /// Wafers with at least one defect.
    Wafers,
    /// Defects over those expected if all lay at random.
    Ratio,
}

impl Measure {
    /// What the URL says; defects where it says nothing.
    pub fn of_url(value: Option<&str>) -> Self {
        match value {
            Some("density") => Self::Density,
            Some("wafers") => Self::Wafers,
            Some("ratio") => Self::Ratio,
            _ => Self::Count,
        }
    }

    /// What a legend writes.
    pub fn words(self) -> &'static str {
        match self {
            Self::Count => "Defects",
            Self::Density => "Defects per cm² and inspection",
            Self::Wafers => "Wafers with a defect",
            Self::Ratio => "Times the defects expected at random",
        }
    }
}

/// A place and what was found there.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Column and row: of the cell, or of the die as delivered.
    pub key: (i32, i32),
    /// `x_min, y_min, x_max, y_max`, mm.
    pub sides: Region,
    /// Defects.
    pub count: u32,
    /// Wafers with at least one.
    pub wafers: u32,
    /// Defects expected at random; absent for dies.
    pub expected: Option<f64>,
    /// Probability of so many wafers by chance, with all places considered.
    pub adjusted_p: Option<f64>,
    /// Whether it stands out at 1 %.
    pub stands_out: bool,
}

/// Places of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// The places, in the order of the answer.
    pub all: Vec<Place>,
    /// Inspections that can have a defect in them.
    pub inspections: i64,
    /// They are dies, not cells.
    pub are_dies: bool,
}

impl Places {
    /// The cells of a stack.
    pub fn cells(stack: &Stack) -> Self {
        let cells = &stack.cells;
        let mut all: Vec<Place> = (0..cells.column.len())
            .map(|index| Place {
                key: (
                    i32::try_from(cells.column[index]).unwrap_or(i32::MAX),
                    i32::try_from(cells.row[index]).unwrap_or(i32::MAX),
                ),
                sides: sides(cells, index),
                count: value(&cells.count, index),
                wafers: value(&cells.wafers, index),
                expected: cells.expected.get(index).copied(),
                adjusted_p: cells.adjusted_p.get(index).copied(),
                stands_out: false,
            })
            .collect();
        mark(&mut all, &cells.significant);
        Self {
            all,
            inspections: stack.inspections,
            are_dies: false,
        }
    }

    /// The dies of a stack; none without a die grid.
    pub fn dies(stack: &Stack) -> Self {
        let Some(found) = &stack.die_stack else {
            return Self::default();
        };
        let dies = &stack.dies;
        let mut all: Vec<Place> = (0..dies.die_x.len().min(dies.left_mm.len()))
            .map(|index| {
                let (left, bottom) = (dies.left_mm[index], dies.bottom_mm[index]);
                Place {
                    key: (dies.die_x[index], dies.die_y[index]),
                    sides: [left, bottom, left + dies.width_mm, bottom + dies.height_mm],
                    count: value(&found.count, index),
                    wafers: value(&found.wafers, index),
                    expected: None,
                    adjusted_p: found.adjusted_p.get(index).copied(),
                    stands_out: false,
                }
            })
            .collect();
        mark(&mut all, &found.significant);
        Self {
            all,
            inspections: found.inspections,
            are_dies: true,
        }
    }

    /// The place with a key.
    pub fn find(&self, key: (i32, i32)) -> Option<&Place> {
        self.all.iter().find(|place| place.key == key)
    }

    /// A measure of a place; `None` where it cannot be told.
    pub fn value(&self, place: &Place, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Count => Some(f64::from(place.count)),
            Measure::Wafers => Some(f64::from(place.wafers)),
            Measure::Ratio => place
                .expected
                .filter(|expected| *expected > 0.0)
                .map(|expected| f64::from(place.count) / expected),
            Measure::Density => {
                let [x_min, y_min, x_max, y_max] = place.sides;
                let area_cm2 = (x_max - x_min) * (y_max - y_min) / 100.0;
                let seen_cm2 = area_cm2 * self.inspections as f64;
                (seen_cm2 > 0.0).then(|| f64::from(place.count) / seen_cm2)
            }
        }
    }

    /// What a place is called.
    pub fn name(&self, place: &Place) -> String {
        match self.are_dies {
            true => format!("Die {}, {}", place.key.0, place.key.1),
            false => {
                let [x_min, y_min, x_max, y_max] = place.sides;
                let middle = |from: f64, to: f64| crate::format::fixed(f64::midpoint(from, to), 1);
                format!("x {}, y {} mm", middle(x_min, x_max), middle(y_min, y_max))
            }
        }
    }

    /// Those that stand out, most wafers first.
    pub fn outstanding(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = self.all.iter().filter(|place| place.stands_out).collect();
        places.sort_by_key(|place| std::cmp::Reverse((place.wafers, place.count)));
        places
    }
}

fn value(values: &[u32], index: usize) -> u32 {
    values.get(index).copied().unwrap_or(0)
}

fn mark(places: &mut [Place], significant: &[u32]) {
    for &index in significant {
        if let Some(place) = places.get_mut(index as usize) {
            place.stands_out = true;
        }
    }
}

fn sides(cells: &StackCells, index: usize) -> Region {
    let edge = |at: u32| f64::from(at) * cells.cell_mm - cells.radius_mm;
    let (column, row) = (value(&cells.column, index), value(&cells.row, index));
    [edge(column), edge(row), edge(column + 1), edge(row + 1)]
}

/// Column and row as the URL holds them.
pub fn key_of_url(text: &str) -> Option<(i32, i32)> {
    let (column, row) = text.split_once(',')?;
    Some((column.parse().ok()?, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use contract::analytics::MapDies;
    use contract::inspection::Geometry;
    use contract::spatial::DieStack;
    use contract::wafer::MarkType;

    use super::*;

    fn stack() -> Stack {
        Stack {
            inspections: 10,
            left_out: 0,
            wafers: 10,
            defects: 12,
            unplaced: 0,
            geometry: Geometry {
                diameter_mm: 300.0,
                mark_type: MarkType::Notch,
                delivered_mark_location: None,
                pitch_x_mm: None,
                pitch_y_mm: None,
                delivered_centre_mm: None,
                die_count: 1,
            },
            dies: MapDies {
                die_x: vec![-1],
                die_y: vec![2],
                left_mm: vec![-20.0],
                bottom_mm: vec![30.0],
                width_mm: 10.0,
                height_mm: 20.0,
                planned: true,
            },
            types: Vec::new(),
            cells: StackCells {
                cell_mm: 10.0,
                radius_mm: 150.0,
                across: 30,
                column: vec![15, 0],
                row: vec![15, 14],
                count: vec![8, 4],
                wafers: vec![2, 4],
                expected: vec![2.0, 0.0],
                adjusted_p: vec![0.2, 0.001],
                significant: vec![1],
            },
            die_stack: Some(DieStack {
                inspections: 5,
                count: vec![3],
                wafers: vec![2],
                adjusted_p: vec![1.0],
                significant: Vec::new(),
            }),
            field: None,
        }
    }

    #[test]
    fn cells_lie_where_the_answer_says_and_their_density_is_per_inspection() {
        let cells = Places::cells(&stack());
        let middle = cells.find((15, 15)).expect("the cell in the middle");
        assert_eq!(middle.sides, [0.0, 0.0, 10.0, 10.0]);
        assert_eq!(cells.value(middle, Measure::Density), Some(0.8));
        assert_eq!(cells.value(middle, Measure::Ratio), Some(4.0));
        let rim = cells.find((0, 14)).expect("the cell at the rim");
        assert_eq!(cells.value(rim, Measure::Ratio), None);
        assert_eq!(cells.outstanding(), [rim]);
        assert_eq!(cells.name(rim), "x −145.0, y −5.0 mm");
    }

    #[test]
    fn dies_are_counted_over_the_inspections_with_their_grid() {
        let dies = Places::dies(&stack());
        let die = dies.find((-1, 2)).expect("the die");
        assert_eq!(die.sides, [-20.0, 30.0, -10.0, 50.0]);
        assert_eq!(dies.value(die, Measure::Density), Some(0.3));
        assert_eq!(dies.value(die, Measure::Ratio), None);
        assert_eq!(dies.name(die), "Die -1, 2");
    }

    #[test]
    fn a_place_is_read_from_the_url_as_it_is_written() {
        assert_eq!(key_of_url("-1,2"), Some((-1, 2)));
        assert_eq!(key_of_url("middle"), None);
    }
}
