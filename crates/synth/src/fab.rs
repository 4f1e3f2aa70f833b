use crate::defect_type::{DEFECT_TYPES, DefectType};
use crate::equipment::{Equipment, Sight, equipment, tool};
use crate::excursion::{Effect, Excursion, Moment};
use crate::flaw::Surface;
use crate::people::{People, people};
use crate::planted::excursions;
use crate::product::{Product, products};
use crate::scan::Scan;
use crate::schedule::{Route, Shift, operator, route};
use crate::step::{STEPS, Step, place};
use crate::stream::{Place, Purpose, stream};
use crate::wafer::{Customer, LOT_WAFERS, lot_id};
use crate::{Error, Inspection, Kind, Lot, Plan};

/// A fab: what it has is known at once, its lots are made one at a time.
#[derive(Clone, Debug)]
pub struct Fab {
    plan: Plan,
    equipment: Vec<Equipment>,
    products: [Product; 3],
    steps: [Step; 8],
    people: People,
    excursions: Vec<Excursion>,
}

impl Fab {
    /// The fab of a plan.
    ///
    /// # Errors
    /// [`Error::Plan`] when a number of the plan is outside its range.
    pub fn new(plan: Plan) -> Result<Self, Error> {
        plan.check()?;
        let mut fab = Self {
            plan,
            equipment: equipment(&plan),
            products: products(),
            steps: STEPS,
            people: people(plan.seed),
            excursions: Vec::new(),
        };
        fab.excursions = excursions(&fab);
        fab.note_service();
        Ok(fab)
    }

    /// What was asked for.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The twelve tools.
    #[must_use]
    pub fn equipment(&self) -> &[Equipment] {
        &self.equipment
    }

    /// The types, in the order of their class numbers, which begin with 1.
    #[must_use]
    pub fn defect_types(&self) -> &'static [DefectType; 18] {
        &DEFECT_TYPES
    }

    /// The products.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The route, first step first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The customers.
    #[must_use]
    pub fn customers(&self) -> &[Customer] {
        &self.people.customers
    }

    /// What goes wrong, the oldest first.
    #[must_use]
    pub fn excursions(&self) -> &[Excursion] {
        &self.excursions
    }

    /// How many lots there are.
    #[must_use]
    pub fn lot_count(&self) -> u32 {
        self.plan.lots()
    }

    /// The lots in the order of their start, made one at a time.
    pub fn lots(&self) -> impl ExactSizeIterator<Item = Lot> {
        (0..self.lot_count()).map(|number| self.lot(number))
    }

    /// One lot: the same whichever lots were made before, and on whichever thread.
    #[must_use]
    pub fn lot(&self, number: u32) -> Lot {
        let route = route(self, number);
        let customer = &self.people.customers[route.customer];
        let product = &self.products[route.product];
        let lot_id = lot_id(customer, number);
        let wafer_facts = Place {
            lot: number,
            slot: u8::MAX,
            ..Place::default()
        };
        let mut rng = stream(self.plan.seed, Purpose::Lot, wafer_facts);
        let wafers = (1..=LOT_WAFERS).map(|slot| {
            let mut wafer = customer.wafer(&mut rng, &lot_id, slot, product);
            wafer.is_sampled = route.slots.contains(&slot);
            wafer
        });
        let wafers = wafers.collect();
        let mut inspections = self.inspections(&route);
        inspections.sort_by_key(|inspection| (inspection.inspected_at, inspection.slot));
        Lot {
            number,
            lot_id,
            customer: route.customer,
            product: route.product,
            wafers,
            inspections,
        }
    }

    fn inspections(&self, route: &Route) -> Vec<Inspection> {
        let mut inspections = Vec::new();
        for (nth, &slot) in route.slots.iter().enumerate() {
            let mut surface = Surface::new(self, route, slot);
            for step in 0..self.steps.len() {
                self.visit(route, (nth, slot), step, &mut surface, &mut inspections);
            }
        }
        inspections
    }

    /// Takes a wafer through a step and its inspection, and again where that is repeated.
    fn visit(
        &self,
        route: &Route,
        (nth, slot): (usize, u8),
        step: usize,
        surface: &mut Surface<'_>,
        inspections: &mut Vec<Inspection>,
    ) {
        let visit = &route.visits[step];
        let sight = self.sight(visit.tool);
        let first = self.moment(route, step, slot, 0, nth);
        surface.process(&first);
        for repeat in 0..=u8::from(visit.is_repeated) {
            let moment = self.moment(route, step, slot, repeat, nth);
            surface.handle(&moment, repeat);
            if !(self.plan.from()..self.plan.to()).contains(&moment.at) {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "eight steps")]
            let place = Place {
                lot: route.lot,
                slot,
                step: step as u8,
                repeat,
            };
            let geometry = &self.products[route.product].geometry;
            let scan = Scan {
                fab: self,
                geometry,
                sight,
                place,
                at: moment.at,
            };
            inspections.push(Inspection {
                wafer: usize::from(slot - 1),
                equipment: visit.tool,
                step,
                product: route.product,
                recipe: self.steps[step].recipe,
                process_recipe: self.process_recipe(&moment),
                operator: self.people.operators[operator(moment.at, visit.operator)].clone(),
                shift: moment.shift,
                process_tool: moment.process_tool,
                chamber: moment.chamber,
                reticle: moment.reticle,
                slot,
                inspected_at: moment.at,
                is_repetition: repeat > 0,
                area_cm2: geometry.area_cm2(),
                defects: scan.defects(&surface.flaws),
                excursions: self.touching(&moment),
            });
        }
    }

    fn moment(&self, route: &Route, step: usize, slot: u8, repeat: u8, nth: usize) -> Moment {
        let (visit, about) = (&route.visits[step], &self.steps[step]);
        let product = &self.products[route.product];
        let process_tool = about.process_tools[visit.process_tool];
        let minutes = self.sight(visit.tool).minutes;
        let at = visit.inspected_at(minutes, nth, route.slots.len(), repeat);
        Moment {
            at,
            step,
            step_id: about.step_id,
            product_id: product.product_id,
            equipment_id: self.equipment[visit.tool].equipment_id,
            process_tool: process_tool.process_tool,
            chamber: process_tool.chambers[usize::from(slot) % process_tool.chambers.len()],
            reticle: (step >= place::GATE_LITHO).then_some(product.reticles[route.reticle]),
            shift: Shift::at(at),
        }
    }

    fn sight(&self, tool: usize) -> &Sight {
        let sight = self.equipment[tool].sight.as_ref();
        sight.expect("steps go to inspection tools")
    }

    fn touching(&self, moment: &Moment) -> Vec<usize> {
        let all = self.excursions.iter().enumerate();
        all.filter(|(_, excursion)| excursion.touches(moment))
            .map(|(index, _)| index)
            .collect()
    }

    fn process_recipe(&self, moment: &Moment) -> &'static str {
        let mut changes = self
            .excursions
            .iter()
            .filter(|change| change.touches(moment));
        let new = changes.find_map(|change| change.process_recipe);
        new.unwrap_or(self.steps[moment.step].process_recipe)
    }

    /// What share of a kind is left of what a step adds.
    pub(crate) fn kept_share(&self, moment: &Moment, kind: Kind) -> f64 {
        let all = self.excursions.iter();
        all.filter(|excursion| excursion.kind == kind && excursion.touches(moment))
            .map(Excursion::kept)
            .product()
    }

    /// Smallest size, um, that any tool of the step may report by an error of its sizing.
    pub(crate) fn least_size_um(&self, step: usize) -> f64 {
        let reach = libm::exp(-Sight::SIZING_REACH * Sight::MOST_SIZING);
        self.keenest_limit_um(step) * reach
    }

    /// Defects per cm2 that a step adds from that size on.
    pub(crate) fn mean_adders(&self, step: usize) -> f64 {
        let ratio = self.keenest_limit_um(step) / self.least_size_um(step);
        self.steps[step].adders_per_cm2 * libm::pow(ratio, self.plan.size_exponent - 1.0)
    }

    fn keenest_limit_um(&self, step: usize) -> f64 {
        let tools = self.steps[step].tools.iter();
        tools
            .map(|&tool| self.sight(tool).limit_um)
            .fold(f64::INFINITY, f64::min)
    }

    /// The service after which a tool was bad is in its history.
    fn note_service(&mut self) {
        for excursion in &self.excursions {
            let bad = |tool: &&mut Equipment| excursion.equipment_id == Some(tool.equipment_id);
            if let (Effect::Handling { .. }, Some(tool)) = (
                excursion.effect,
                self.equipment[..=tool::MACRO].iter_mut().find(bad),
            ) {
                let service = (
                    excursion.from.date_naive(),
                    "Robot blades replaced and taught",
                );
                tool.maintenance.push(service);
                tool.maintenance.sort_unstable();
            }
        }
    }
}
