// A merchant's day with the unmodified TypeScript SDK; what it saw goes to standard output as JSON.
import DodoPayments from 'dodopayments';

const client = new DodoPayments({ bearerToken: 'sandbox', baseURL: process.argv[2], maxRetries: 0, timeout: 10_000 });
const saw = {};

// the state of a payment once it is final
async function settled(paymentId) {
  for (let look = 0; look < 200; look += 1) {
    const payment = await client.payments.retrieve(paymentId);
    if (['succeeded', 'failed', 'cancelled'].includes(payment.status)) return payment;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  throw new Error(`${paymentId} does not end`);
}

// what a refused call says
async function refused(call) {
  try {
    await call;
  } catch (error) {
    return [error.constructor.name, error.status, error.error?.code];
  }
  return 'not refused';
}

const customer = await client.customers.create({ email: 'ada@example.com', name: 'Ada Byron' });
saw.customer = (await client.customers.retrieve(customer.customer_id)).name;
const methods = await client.customers.retrievePaymentMethods('cus_otto');
saw.methods = methods.items.map((method) => method.card?.last4_digits);

const cart = {
  product_cart: [{ product_id: 'pdt_workbook', quantity: 1 }],
  customer: { customer_id: 'cus_otto' },
  billing_address: { country: 'DE' },
};
saw.preview = (await client.checkoutSessions.preview(cart)).current_breakup.total_amount;
const confirmed = { ...cart, confirm: true, payment_method_id: 'pm_otto_visa', metadata: { encore_charge: 'chg_1' } };
const session = await client.checkoutSessions.create(confirmed);
const payment = await settled(session.payment_id);
saw.charge = [session.checkout_url ?? null, payment.status, payment.total_amount, payment.metadata];
saw.hosted = (await client.checkoutSessions.create(cart)).checkout_url?.startsWith(process.argv[2]);
saw.session = (await client.checkoutSessions.retrieve(session.session_id)).payment_status;
saw.listed = (await client.payments.list({ customer_id: 'cus_otto' })).items.map((item) => item.payment_id === payment.payment_id);

const started = await client.checkoutSessions.create({
  ...confirmed,
  product_cart: [{ product_id: 'pdt_basic', quantity: 1 }],
});
const first = await settled(started.payment_id);
const id = first.subscription_id;
saw.subscription = (await client.subscriptions.retrieve(id)).status;
const change = {
  product_id: 'pdt_pro',
  quantity: 1,
  proration_billing_mode: 'difference_immediately',
  on_payment_failure: 'prevent_change',
};
const shown = await client.subscriptions.previewChangePlan(id, change);
saw.shown = shown.immediate_charge.summary.total_amount;
saw.answer = await client.subscriptions.changePlan(id, change);
saw.pending = await refused(client.subscriptions.changePlan(id, change));
const changing = (await client.payments.list({ subscription_id: id })).items.find((item) => item.charge_type === 'plan_change');
saw.paid = (await settled(changing.payment_id)).total_amount;
saw.plan = (await client.subscriptions.retrieve(id)).product_id;

const later = { ...change, product_id: 'pdt_lite', effective_at: 'next_billing_date' };
await client.subscriptions.changePlan(id, later);
saw.scheduled = (await client.subscriptions.retrieve(id)).scheduled_change.product_id;
await client.subscriptions.cancelChangePlan(id);
saw.unscheduled = (await client.subscriptions.retrieve(id)).scheduled_change;
saw.ending = (await client.subscriptions.update(id, { cancel_at_next_billing_date: true })).cancel_at_next_billing_date;
const link = await client.subscriptions.updatePaymentMethod(id, { payment_method: { type: 'new' } });
saw.link = link.payment_link?.startsWith(process.argv[2]);
saw.subscriptions = (await client.subscriptions.list({ customer_id: 'cus_otto' })).items.map((item) => item.product_name);
saw.products = (await client.products.list({ recurring: true })).items.length;
saw.family = (await client.productCollections.retrieve('pdc_plans')).groups.map((group) => group.group_name);
saw.addon = (await client.addons.retrieve('adn_seat')).price;
saw.portal = (await client.customers.customerPortal.create('cus_otto')).link.startsWith(process.argv[2]);
saw.missing = await refused(client.payments.retrieve('pay_nobody'));
saw.wrong = await refused(client.checkoutSessions.create({ product_cart: [] }));
saw.stranger = await refused(new DodoPayments({ bearerToken: 'x', baseURL: process.argv[2] }).products.list());

console.log(JSON.stringify(saw));
