# A SageMaker domain lies in a VPC, always. This one has no internet; with vpc_only the jobs run in it, too, and reach the
# services that they need through endpoints.

locals {
  # Interface endpoints by name of their service. MLflow's does not begin as the others do.
  services = var.vpc_only ? merge(
    {
      for name in ["sagemaker.api", "ecr.api", "ecr.dkr", "logs", "monitoring", "sts", "kms"] :
      name => "com.amazonaws.${var.region}.${name}"
    },
    {
      studio = "aws.sagemaker.${var.region}.studio"
      mlflow = "aws.sagemaker.${var.region}.experiments"
    },
  ) : {}
}

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394: Which zones an account has, nobody knows before; a subnet stays where it was made (below).
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"] # no local zones
  }
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11: It leads to the endpoints of AWS alone, whose calls the account's CloudTrail has.
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # names of the services lead to the endpoints

  tags = { Name = var.prefix }
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 2, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]

  tags = { Name = "${var.prefix}-private-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone] # another order of the zones, or a new one, moves nothing
  }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.prefix}-private" }
}

resource "aws_route_table_association" "private" {
  count          = length(aws_subnet.private)
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

# Whatever is put into it by mistake can talk to nobody.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.prefix}-closed" }
}

resource "aws_security_group" "jobs" {
  name        = "${var.prefix}-jobs"
  description = "Jobs and Code Editor: among themselves, and to AWS by HTTPS."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.prefix}-jobs" }
}

resource "aws_vpc_security_group_ingress_rule" "among_themselves" {
  security_group_id            = aws_security_group.jobs.id
  referenced_security_group_id = aws_security_group.jobs.id
  ip_protocol                  = "-1"
  description                  = "Instances of a job, home folder, endpoints."
}

resource "aws_vpc_security_group_egress_rule" "among_themselves" {
  security_group_id            = aws_security_group.jobs.id
  referenced_security_group_id = aws_security_group.jobs.id
  ip_protocol                  = "-1"
  description                  = "Instances of a job, home folder, endpoints."
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.jobs.id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "S3, through its endpoint."
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway" # costs nothing
  route_table_ids   = [aws_route_table.private.id]

  tags = { Name = "${var.prefix}-s3" }
}

resource "aws_vpc_endpoint" "service" {
  for_each            = local.services
  vpc_id              = aws_vpc.this.id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.jobs.id]

  tags = { Name = "${var.prefix}-${each.key}" }
}
