drop table chart_evaluation, chart_violation, alert, control_limit, control_chart;
drop function refuse_control_limit_change();
